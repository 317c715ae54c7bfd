"""JupyterLab as a workspace of Cordon has it."""
