// git-factory: a software factory as a git subcommand.
int main() { return 129; }
