import { baseImage } from "./base-image";

/**
 * A Dockerfile app with what stays open: `/ws` echoes WebSocket messages behind its own, `/events` tells its message each 50 ms,
 * `/slow/N` answers after N seconds, anything else at once. It ends at the first SIGTERM, whatever it is doing, and says which requests
 * have arrived.
 */
export async function streamingApp(message: string): Promise<Record<string, string>> {
  return {
    Dockerfile: `FROM ${await baseImage()}\nCOPY server.pl message /app/\nWORKDIR /app\nCMD ["perl", "server.pl"]\n`,
    "server.pl": perlServer,
    message,
  };
}

const perlServer = String.raw`use strict; use warnings; use IO::Socket::INET;
$SIG{CHLD} = "IGNORE"; $SIG{TERM} = sub { exit 0 }; $SIG{PIPE} = sub { exit 0 }; $| = 1;
open my $file, "<", "message" or die; my $message = join "", <$file>;
my $server = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => $ENV{PORT}, Listen => 128, ReuseAddr => 1) or die "listen: $!";
sub take { my ($from, $count) = @_; my $bytes = ""; while (length $bytes < $count) { read $from, $bytes, $count - length $bytes, length $bytes or exit 0 } $bytes }
while (1) {
  my $client = $server->accept or next;
  next if fork;
  $client->autoflush(1); $SIG{TERM} = "IGNORE";
  my $head = ""; while (my $line = <$client>) { $head .= $line; last if $line =~ /^\r?\n$/ }
  my ($path) = $head =~ m{^\w+ (\S+)};
  print "got $path\n";
  if ($path eq "/ws") {
    my ($key) = $head =~ m{^sec-websocket-key: ([\w+/=]+)}mi;
    my ($hex) = split " ", ${"`"}printf %s '$key''258EAFA5-E914-47DA-95CA-C5AB0DC85B11' | sha1sum${"`"};
    my $accept = substr pack("u", pack("H*", $hex)), 1, 28; $accept =~ tr{${"`"} -_}{AA-Za-z0-9+/}; substr($accept, 27, 1) = "=";
    print $client "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: $accept\r\n\r\n";
    while (1) {
      my ($first, $second) = unpack "CC", take($client, 2);
      my $mask = take($client, 4); my $length = $second & 127;
      my $text = $length ? take($client, $length) : "";
      $text ^= substr($mask x 32, 0, $length);
      if (($first & 15) == 8) { print $client pack("CC", 0x88, $length) . $text; exit 0 }
      my $answer = "$message $text";
      print $client pack("CC", 0x81, length $answer) . $answer;
    }
  }
  if ($path eq "/events") {
    print $client "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    while (print $client "data: $message\n\n") { select undef, undef, undef, 0.05 }
    exit 0;
  }
  sleep $1 if $path =~ m{^/slow/(\d+)};
  print $client "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: " . length($message) . "\r\n\r\n" . $message;
  exit 0;
}
`;
