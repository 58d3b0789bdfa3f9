"""Users, sign-in, projects and their members, tokens, invitations."""
