"""What must hold whatever fails; `incidents` asks the others, each about its own part."""
