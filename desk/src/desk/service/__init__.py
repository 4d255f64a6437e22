"""What the desk calls: AWS in the team's role, and the operators' API of the service."""
