# Source health
health-places = { $n ->
    [one] { $count } source
   *[other] { $count } sources
  }
health-as-of = as of { $when }
health-stop = Stop refreshing
health-go = Refresh again
health-tiles = As tiles
health-table = As a table
health-active = Active vacancies
health-affected = { $count } postings affected ({ $share })
health-fresh = Freshness p95
health-fresh-note = 95 % of sources are newer
health-cases = Open cases
health-source = Source
health-class = Group
health-state = State
health-age = Last complete
health-published = Published
health-runs = Last 14 runs
health-never = never yet
health-more = { $count } more that are normal
health-rail = To mend
health-mend = Mend now
health-by-effect = by effect
health-mend-none = Nothing needs a person.
health-heals = Repairing itself
health-heals-none = Nothing.
health-heals-text = The hub tries again by itself.
health-effect = { $n ->
    [one] affects { $count } published posting
   *[other] affects { $count } published postings
  }
health-owner = owner: { $who }
health-owner-hub = the hub
health-owner-operator = an operator
health-owner-steward = two stewards
health-owner-partner = the source
health-next = next run { $when }
health-same = The same by commands
health-cause-auth = Not authorized
health-cause-broken = Ledger broken
health-cause-agreement = No agreement
health-cause-partial = Partly read
health-cause-quota = Waits for quota
health-cause-stale = Overdue
health-cause-never = Not read yet
health-cause-volume = Volume dropped
health-cause-drift = Schema changed
health-cause-rejects = Many rejects
health-why-auth = The key has ended or is wrong. No new postings come; those here stay published.
health-why-broken = What came and what was done with it do not add up; the run was thrown away.
health-why-agreement = No agreement that holds today is on file, so nothing is read.
health-why-partial = The list was not read to its end. Nothing is closed because it was missing.
health-why-quota = The day's quota is used up, or the source asked us to wait.
health-why-stale = The declared period and its grace are over and no run has ended well.
health-why-never = It was never read to its end.
health-why-volume = The list shrank suddenly, so nothing was closed. Published postings are safe.
health-why-drift = Fields are gone or unknown codes appeared. Nothing was closed.
health-why-rejects = More rows could not be read than should be. Tell the source why.
health-do-retry = Read again
health-do-volume = Look and release
health-do-drift = Compare fields
health-do-auth = Check the key
health-do-agreement = Check the agreement
health-do-rejects = See the rejects
health-do-run = See the run
health-mend-more = { $count } more
