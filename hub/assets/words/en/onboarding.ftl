# onboarding
