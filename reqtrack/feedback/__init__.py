"""What people say after seeing the system."""
