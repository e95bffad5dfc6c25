# Audit
audit-note = What was done stays here; each row's hash covers the row before it.
audit-verify = Verify the chain
audit-csv = Download CSV
audit-holds = { $n ->
    [one] { $count } row holds.
   *[other] All { $count } rows hold.
  } Head:
audit-broken = Row { $seq } does not hold:
audit-who = Who
audit-did = Did
audit-to = To
audit-since = Since
audit-until = Until
audit-find = Find
audit-nr = Nr
audit-when = When
audit-detail = Detail
audit-hash = Hash
audit-none = There are no such entries.
audit-older = Older entries
audit-action-session-begin = logged in
audit-action-session-end = logged out
audit-action-session-refuse = login refused
audit-action-person-add = person added
audit-action-person-roles = roles changed
audit-action-person-disable = person disabled
audit-action-person-enable = person enabled
audit-action-person-password = password changed
audit-action-contact-read = contact read
audit-action-source-pause = source paused
audit-action-source-resume = source resumed
audit-action-source-retry = read again
audit-action-onboarding-begin = onboarding begun
audit-action-onboarding-test = test run
audit-action-onboarding-shadow = shadow run begun
audit-action-onboarding-propose = promotion proposed
audit-action-onboarding-approve = promotion approved
audit-action-onboarding-return = promotion returned
audit-action-share-make = link made
audit-action-share-end = links ended
audit-action-verdicts-export = verdicts exported
