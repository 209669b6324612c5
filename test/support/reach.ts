import { networkInterfaces } from "node:os";

/** What came of dialling an address: `unreached`, `closed` (without a byte), `open` (kept, silent) or `answers <first line>`. */
export type Reached = Map<string, string>;

/**
 * A program for inside containers: `perl reach.pl <hosts> <ports> [<Host header> [<method> <path>]]`, lists with commas. It dials each host
 * on each port, says nothing for a second, then asks over HTTP, and prints a line for each.
 */
export const reachScript = `use strict; use warnings; use IO::Socket::IP; use IO::Select;
$| = 1;
my ($hosts, $ports, $name, $method, $path) = @ARGV;
$name //= "probe.invalid"; $method //= "GET"; $path //= "/health";
sub verdict {
  my ($host, $port) = @_;
  my $socket = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Timeout => 2) or return "unreached";
  my $select = IO::Select->new($socket);
  local $SIG{PIPE} = "IGNORE";
  if (!$select->can_read(1)) {
    syswrite $socket, "$method $path HTTP/1.1\\r\\nHost: $name\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n";
    return "open" if !$select->can_read(5);
  }
  return "closed" if !sysread $socket, my $answer, 1000;
  return "answers " . ($answer =~ /^([^\\r\\n]*)/)[0];
}
my $running = 0;
for my $host (split /,/, $hosts) {
  for my $port (split /,/, $ports) {
    if ($running++ >= 24) { wait; $running-- }
    next if fork;
    my $verdict = verdict($host, $port);
    syswrite STDOUT, "reached: $host $port $verdict\\n";
    exit 0;
  }
}
1 while wait != -1;
print "all tried\\n";
`;

/** Reads what the program printed, wherever it stands in a text; throws when it did not come to its end. */
export function readReached(text: string): Reached {
  if (!/all tried/.test(text)) throw new Error(`reach.pl did not end:\n${text}`);
  const lines = text.matchAll(/reached: (\S+) (\d+) ([^\r\n]*)/g);
  return new Map(
    [...lines].map(([, host = "", port = "", verdict = ""]) => [`${host} ${port}`, verdict.trim()]),
  );
}

/** Every address of this host that needs no interface's name to be dialled. */
export function hostAddresses(): string[] {
  const ends = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [...new Set(ends.filter(({ scopeid }) => !scopeid).map(({ address }) => address))];
}
