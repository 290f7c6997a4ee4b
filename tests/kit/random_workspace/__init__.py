"""Random workspaces: members, registers, usage, costs and tariffs that the contract allows."""
