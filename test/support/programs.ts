/** Small programs for containers that have a shell and perl but no node. */

const perl = (script: string): string => `perl -e '${script}'`;

/** Answers every request with 200; says `listening` first. A port other than PORT, or an address, can be given. */
export const serve = (listen = "0.0.0.0", port = "$ENV{PORT}"): string =>
  perl(
    `use IO::Socket::INET; $| = 1; my $s = IO::Socket::INET->new(LocalAddr => "${listen}", LocalPort => ${port}, Listen => 9, ReuseAddr => 1) or die $!; ` +
      `print "listening\\n"; while (my $c = $s->accept) { sysread $c, my $request, 9999; print $c "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok"; close $c }`,
  );

/** Takes more memory than it may, slowly enough to say so first. */
export const greedy = perl(`$| = 1; print "eating\\n"; my @x; push @x, "x" x 1048576 while 1`);

/** Keeps 8 MB on disk, says `written` and stays. */
export const hoarding = perl(
  `$| = 1; open my $f, ">", "/tmp/hoard" or die $!; print $f "x" x 8388608; close $f; print "written\\n"; sleep 1 while 1`,
);

/** Says \`ready <name>\`, waits for SIGTERM, says \`term <name>\` and exits with the code. */
export const graceful = (name: string, code: number): string =>
  perl(
    `$| = 1; $SIG{TERM} = sub { print STDERR "term ${name}\\n"; exit ${code} }; print STDERR "ready ${name}\\n"; sleep 1 while 1`,
  );

/** Ignores SIGTERM. */
export const stubborn = perl(`$| = 1; $SIG{TERM} = "IGNORE"; print "ready\\n"; sleep 1 while 1`);

/** Two lines on stdout, one on stderr, exit code 3. */
export const brief = perl(`$| = 1; print "one\\n"; print STDERR "oops\\n"; print "two\\n"; exit 3`);
