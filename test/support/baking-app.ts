import { baseImage } from "./base-image";

/** A Dockerfile app that answers everything with one status and its message, after a while; asked for `/crash`, it ends with exit code 7. */
export async function bakingApp(
  message: string,
  { status = 200, delayMs = 0 } = {},
): Promise<Record<string, string>> {
  return {
    Dockerfile: `FROM ${await baseImage()}\nCOPY server.pl message status delay /app/\nWORKDIR /app\nCMD ["perl", "server.pl"]\n`,
    "server.pl": perlServer,
    message,
    status: `${status}`,
    delay: `${delayMs / 1_000}`,
  };
}

const perlServer = `use strict; use warnings; use IO::Socket::INET;
$SIG{CHLD} = "IGNORE"; $SIG{TERM} = sub { exit 0 }; $SIG{USR1} = sub { exit 7 }; $| = 1;
sub content { open my $file, "<", $_[0] or die; join "", <$file> }
my ($message, $status, $delay) = (content("message"), content("status"), content("delay"));
my $server = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => $ENV{PORT}, Listen => 128, ReuseAddr => 1) or die "listen: $!";
while (1) {
  my $client = $server->accept or next;
  next if fork;
  my $head = ""; while (my $line = <$client>) { $head .= $line; last if $line =~ /^\\r?\\n$/ }
  if ($head =~ m{^GET /crash }) { kill "USR1", getppid; exit 0 }
  select undef, undef, undef, $delay;
  print $client "HTTP/1.1 $status Said\\r\\nContent-Type: text/plain\\r\\nConnection: close\\r\\nContent-Length: " . length($message) . "\\r\\n\\r\\n" . $message;
  close $client; exit 0;
}
`;
