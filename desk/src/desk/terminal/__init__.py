"""What the operator sees and is asked; all that other people typed is made safe to show."""
