package programs

const suffix = ".exe"
