//! Users, roles, sessions and the audit log; knows nothing of HTTP.
