"""What the operator sees and is asked; all that others typed is made safe to be shown."""
