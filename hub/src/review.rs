//! The review engine: questions for stewards, their decisions, and what stands because of them. Has no screen.
