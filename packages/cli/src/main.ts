process.stderr.write('qwarden: the command line is not built yet.\n');
