# Bulk rules
bulk-title = Bulk rules
bulk-what = decide all cases of one shape at once
bulk-new = New bulk rule
bulk-none = There is no rule yet
bulk-none-do = Make one from a filter of the queue, or from a case.
bulk-filter = Filter
bulk-cases = Cases
bulk-by = Proposed by
bulk-approved-by = Approved by
bulk-expires = Ends
bulk-any = any
bulk-choose = choose
bulk-least = Probability at least (%)
bulk-most = Probability at most (%)
bulk-at-least = probability at least {$p}
bulk-at-most = probability at most {$p}
bulk-same-employer = same employer and occupation
bulk-answer = Decision and reason
bulk-try = Try it
bulk-dry = Dry run
bulk-found = {$n ->
    [one] {$count} case fits
   *[other] {$count} cases fit
}
bulk-second = needs somebody else's approval
bulk-second-waits = It waits for somebody else's approval.
bulk-samples = {$n ->
    [one] {$count} case by chance
   *[other] {$count} cases by chance
}
bulk-past = Cases that people decided otherwise before
bulk-past-none = None.
bulk-past-line = decision {$decision}, {$verb}
bulk-past-more = {$n ->
    [one] and {$count} more
   *[other] and {$count} more
}
bulk-propose = {$n ->
    [one] Propose for {$count} case
   *[other] Propose for {$count} cases
}
bulk-nothing-yet = Nothing is decided yet.
bulk-rule = Bulk rule {$id}
bulk-state-proposed = waits for approval
bulk-state-applied = applied
bulk-state-refused = returned
bulk-state-undone = undone
bulk-state-expired = expired
bulk-applied = Applied to
bulk-applied-count = {$n ->
    [one] {$count} case
   *[other] {$count} cases
}
bulk-approve = {$n ->
    [one] Apply to {$count} case
   *[other] Apply to {$count} cases
}
bulk-renew = 90 days more
bulk-undo = {$n ->
    [one] Undo {$count} decision
   *[other] Undo all {$count} decisions
}
bulk-changed = Nothing was applied: some cases changed since the dry run. Try it again.
