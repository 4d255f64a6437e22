"""The commands of `desk`, one in each file; `entry_point` lists them."""
