# The queue
queue-title = Review queue
queue-waiting = {$n ->
    [one] {$count} case waits
   *[other] {$count} cases wait
}
queue-past-due = {$n ->
    [one] {$count} past due
   *[other] {$count} past due
}
queue-own-speed = My speed
queue-an-hour = {$n ->
    [one] {$count} an hour
   *[other] {$count} an hour
}
queue-own-note = {$n} today, median {$seconds} s
queue-filter = Choose what to see
queue-families = Families
queue-all = All cases
queue-all-sources = {$n ->
    [one] {$count} source
   *[other] all {$count} sources
}
queue-apply = Apply
queue-save-rule = Save as a bulk rule
queue-start = Start the next case
queue-list = Cases in the order in which they are handed out
queue-choose = Choose
queue-case = Case
queue-family = Family
queue-about = About
queue-postings = Postings
queue-score = Priority
queue-numbers = value × risk × urgency
queue-why = Why here
queue-left = Time left
queue-who = With
queue-late = {$span} late
queue-slot-oldest = waited longest
queue-slot-blind = quality sample
queue-slot-second = second opinion
queue-because-due = due soon
queue-because-risk = a wrong answer does harm
queue-because-value = openings and postings {$n}
queue-because-all = value, risk and time together
queue-assign-to = Chosen cases to
queue-assign = Hand over
queue-done = Every case is decided
queue-empty = No case waits
queue-empty-do = New cases come with each sync. Try another family or source.
queue-waiting-title = Cases that wait for somebody else or for their time
queue-waiting-none = Nothing waits.
queue-agreement = Agreement
queue-agreement-note = {$pairs} blind pairs, kappa {$kappa}
queue-reopened = Reopened
queue-reopened-note = within 7 days
queue-in-time = In time
queue-in-time-note = last 7 days
queue-auto = Joined by itself
queue-auto-note = precision in the sample {$interval}
queue-auto-unknown = not sampled yet
queue-age = Age of the backlog
queue-age-note = nine of ten are younger
