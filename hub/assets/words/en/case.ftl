# One case: what is asked, what the sources say, why, and what to do
case-queue = Queue
case-family-duplicate = Possible duplicate
case-family-conflict = Value conflict
case-family-suspicious = Suspicious or illegal
case-family-filled = Signs of closing
case-family-tripwire = Mass closure stopped
case-question-duplicate = one and the same job?
case-question-conflict = which value is right?
case-question-suspicious = may it be shown?
case-question-filled = is it closed?
case-question-tripwire = let the closures happen?
case-question-source = {$source}
case-tag-differs = {$n ->
    [one] {$count} field differs
   *[other] {$count} fields differ
}
case-tag-closed = {$n ->
    [one] {$count} sign of closing
   *[other] {$count} signs of closing
}
case-tag-blind = Quality sample
case-state-held = On hold
case-state-proposed = Waits for a second approval
case-state-second = Waits for a second opinion
case-state-disputed = Two people disagree
case-state-settled = Decided
case-state-moot = No longer asked
case-priority = Priority {$n} · why
case-numbers = Priority = value × risk × urgency
case-value = Value
case-value-is = who sees this job, and its openings
case-risk = Risk
case-risk-is = probability of being wrong × harm
case-urgency = Urgency
case-urgency-is = one over the time that is left
case-due-left = due in {$span}
case-due-late = {$span} past due
case-lease = Yours for
case-lease-warning = This case is released in one minute. Press = or the button Extend to keep it.
case-lease-over = The case was released: others may open it. What you chose is still here.
case-lease-extended = Kept for ten more minutes.
case-extend = Extend
case-taken = {$who} is at work on this case. You can look only.
case-look-only = You can look at this case only.
case-not-open = This case has been decided.
case-back-to-queue = Go to the queue
case-undo = Undo
case-recent = Recent decisions
case-said-done = Case {$case}: {$what}, done.
case-said-proposed = Case {$case}: {$what}, proposed. It waits for somebody else's approval.
case-said-second = Case {$case}: your answer is noted. Somebody else answers without seeing it.
case-said-undone = Decision {$decision} was undone.
case-said-held = Case {$case}: on hold until {$until}.
case-said-handed = Case {$case}: handed to {$who}.
case-said-skipped = Case {$case}: a second opinion was asked for.
case-said-free = There is no more case to decide.
case-changed = What changed meanwhile
case-changed-what = Field
case-changed-before = What you saw
case-changed-now = Now
case-stale-what = Nothing was done: the case changed while you looked at it.
case-stale-why = Somebody else decided it, or a source said something new.
case-stale-do = Look at what is new and choose again. What you had chosen is still chosen.
case-lost-why = Your time on this case had run out and somebody else opened it.
case-lost-do = Start the next case from the queue.
case-unfit-what = Nothing was done.
case-unfit-do = Correct what you chose and confirm again.
case-needs-reason = This needs a reason.
case-needs-verb = Choose what to do.
case-needs-value = Choose at least one value.
case-needs-person = Choose whom to hand it to.
case-needs-text = The value you typed is empty: {$field}
case-bad-text = The value you typed cannot be read: {$field}
case-diff = Field by field
case-diff-keys = what differs first · ↑↓ move · 1–5 take a value · 0 by the rule · E type
case-diff-caption = {$n ->
    [one] The unified values against one source, field by field
   *[other] The unified values against {$count} sources, field by field
}
case-field = Field
case-golden = Unified value (proposed)
case-fetched = fetched {$at}
case-trust = trust {$n}
case-differs = differs
case-spelt = spelling only
case-by-rule = by the rule
case-rule = Rule: {$rule}
case-type = Type a value
case-none = not said
case-raw = as written: {$raw}
case-equal = {$n ->
    [one] Show {$count} equal field
   *[other] Show {$count} equal fields
}
case-extra = +{$count} more
case-extra-same = same as 1
case-originals = Originals side by side
case-open-original = Open the original page
case-values-before = Earlier values
case-values-before-none = Nothing was ever changed.
case-source = Source
case-until = Until
case-was = Said
case-why = Why it was taken for the same job
case-why-pair = the two that were compared:
case-why-words = Sum {$bits} bits, probability of one job {$percent}. Joined by itself from {$auto} bits, asked from {$review} bits. Model {$model}.
case-why-table = Evidence as a table, and what speaks against it
case-why-not = If it is another job
case-veto-both-live-at-one-time-in-one-source = Both are live at one time in one source: they are never joined without a person.
case-compared = Compared
case-level = Result
case-bits = Bits
case-line-review = asked
case-line-auto = joined
case-similar = {$n ->
    [one] {$count} similar decision
   *[other] {$count} similar decisions
}
case-similar-none = No similar decision yet.
case-similar-mix = {$verb} {$percent}
case-suggestion = Suggestion
case-suggestion-blind = For 5 % of cases the suggestion is hidden and two people decide separately.
case-blind = The suggestion is hidden
case-blind-why = This case is part of the quality sample: score, suggestion and past decisions are hidden and two people decide separately.
case-history = History
case-history-none = Not decided before.
case-decide = Decide
case-verb = What to do
case-until-when = Ask again
case-hold-hour = in an hour
case-hold-evening = in four hours
case-hold-tomorrow = tomorrow
case-hold-week = in a week
case-to-whom = Hand to
case-choose-person = Choose
case-reason = Reason
case-reason-none = no reason
case-more-terms = More
case-note = Note
case-stickiness = How firmly
case-follow = follow
case-suggest = suggest only
case-fixed = fixed
case-scope = How far
case-scope-pair = these two postings
case-scope-employer = this employer and occupation
case-expires = Until
case-expires-never = for good
case-expires-90 = 90 days
case-expires-365 = a year
case-second = Ask for a second opinion
case-bulk = All of this shape
case-previous = Previous case
case-next = Next case
case-confirm-none = Choose, then confirm
case-evidence = Legal ground and evidence
case-evidence-rule = Rule
case-evidence-article = Article
case-evidence-span = Words found
case-evidence-effect = Effect
case-evidence-none = No rule left any evidence.
case-effect-none = noted
case-effect-lowers = trusted less
case-effect-reviews = asks a steward
case-effect-holds = not shown for now
case-effect-rejects = not shown
case-two-people = Withdrawing as illegal takes two people.
case-tripwire-two-people = It takes two people to let the closures happen.
case-signals = Signs of closing
case-signals-of = Signs by source
case-signal-when = When
case-signal-what = Sign
case-signal-state = State now
case-signals-words = {$closed} of {$n} postings point to closed.
case-tripwire = Closures that were stopped
case-tripwire-words = The list of {$source} shrank by {$percent}. What is published is safe: nothing was closed.
case-tripwire-would = {$n ->
    [one] {$count} posting would close
   *[other] {$count} postings would close
}
case-tripwire-of = of {$count} that are open
case-tripwire-samples = Postings that would close
case-tripwire-run = Look at run {$run}
case-tripwire-approved = {$who} asked to let them close. One more person has to confirm.
case-state-open = open
case-state-unconfirmed = not in the list
case-state-closed = closed
case-why-asked = Why it is asked
