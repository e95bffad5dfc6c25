# Vacancies and postings
vacancy-list = Vacancies
vacancy-search = Employer or title
vacancy-find = Search
vacancy-closed-ones = closed ones
vacancy-nothing = Nothing was found
vacancy-nothing-do = Try fewer words, or closed vacancies.
vacancy-more = More
vacancy-changed = Changed
vacancy-since = In this state since
vacancy-verdict = Shown
vacancy-verdict-publish = shown
vacancy-verdict-hold = not shown for now
vacancy-verdict-reject = not shown
vacancy-version = version {$n}
vacancy-tree = {$n ->
    [one] {$count} posting makes this vacancy
   *[other] How {$count} postings became one
}
vacancy-tree-alt = A line a source, from when the posting was first seen to when it joined. The same stands in the table below.
vacancy-left-out = {$n ->
    [one] {$count} posting is in the table only.
   *[other] {$count} postings are in the table only.
}
vacancy-merged = {$n ->
    [one] {$count} id was merged and leads here:
   *[other] {$count} ids were merged and lead here:
}
vacancy-members = Postings of this job
vacancy-founder = first
vacancy-external = Number at the source
vacancy-first-seen = First seen
vacancy-versions = Versions
vacancy-split = Check for a split
vacancy-alone = There is one posting only: nothing can be split.
vacancy-fields = Where each field comes from
vacancy-value = Value
vacancy-from = From
vacancy-events = Changes that consumers were told
vacancy-what = What
vacancy-run = run {$n}
vacancy-cases = Cases
vacancy-case-open = waits
vacancy-case-held = on hold
vacancy-case-proposed = waits for approval
vacancy-case-second = waits for a second opinion
vacancy-case-disputed = two people disagree
vacancy-case-settled = decided
vacancy-case-moot = no longer asked
vacancy-api = As the API shows it
vacancy-class-public = public
vacancy-class-local = local government
vacancy-class-private = private
vacancy-class-linked = linked
vacancy-event-upsert = updated
vacancy-event-close = closed
vacancy-event-merge = merged
vacancy-event-split = split
vacancy-event-restore = restored
vacancy-event-withdraw = withdrawn
vacancy-reason-new = new
vacancy-reason-changed = changed
vacancy-reason-reopened = open again
vacancy-reason-deadline = last day passed
vacancy-reason-source-closed = closed by the source
vacancy-reason-absent = gone from the list
vacancy-reason-probe = original page closed
vacancy-reason-hold = not shown for now
vacancy-reason-reject = not shown
vacancy-reason-steward = decided by a steward
vacancy-reason-withdrawn-illegal = withdrawn as illegal
vacancy-of = To the vacancy
vacancy-fetched = Fetched
vacancy-contact = Contact
vacancy-contact-kept = kept apart and masked
vacancy-contact-none = none
vacancy-says = What it says
vacancy-read = How it was read
vacancy-raw = As written
vacancy-sure = Sure
vacancy-earlier = Earlier versions
vacancy-until = until {$at}
