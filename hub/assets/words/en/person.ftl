# People
person-count = { $n ->
    [one] { $count } person
   *[other] { $count } people
  }
person-name = Login name
person-title = Name
person-roles = Roles
person-roles-of = Roles of { $name }
person-roles-help = One or more of viewer, partner(source), steward, lead, operator, admin, separated by spaces. A password has at least 10 characters.
person-by = Comes in by
person-sign-on = sign-on
person-standing = Standing
person-in = In use
person-out = Disabled
person-change = Save roles
person-disable = Disable
person-enable = Enable
person-add = Add a person
done-person-added = The person was added.
done-person-changed = The person was changed.
problem-oneself-what = You cannot disable yourself
problem-oneself-why = It could leave no administrator.
problem-oneself-do = Ask another administrator.
