# Verdicts by source
partner-note = only the verdicts on this source's postings
partner-share = Make a link for 30 days
partner-shared = This address is shown only now. It opens without a login for 30 days and shows no personal data:
partner-links = Links in use
partner-unshare = End them all
partner-until = a shared link, open until { $day }
partner-masked = A report without personal data; it holds this source's postings only.
partner-postings = Open postings
partner-closed = { $count } closed
partner-count = { $n ->
    [one] { $count } posting
   *[other] { $count } postings
  }
partner-merged = Merged with other sources
partner-unread = Rows not readable
partner-rows = of { $count } rows of the last run
partner-verdict = Verdict
partner-verdict-publish = Published
partner-verdict-hold = Held
partner-verdict-reject = Not published
partner-rule = Rule
partner-any = any
partner-id = The source's id
partner-posting = Posting
partner-why = Why, and on what
partner-together = shown with other sources
partner-list = Verdicts by posting
partner-none = No posting matches.
partner-more = Next postings
done-unshared = All links were ended.
problem-share-what = This link cannot be opened
problem-share-why = Its 30 days are over, it was ended, or the address was cut.
problem-share-do = Ask whoever sent it for a new one.
