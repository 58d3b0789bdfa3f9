"""What ``verify`` looks at: guards, chains, sealed rows. Areas above add the checks that need to know their content."""
