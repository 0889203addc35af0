# Readers from Debian's Perl packages: perl.pl NAME < cases.
use strict;
use warnings;
use JSON::PP ();

my %readers = (
    crypt_jwt => sub {
        my ($token, $key, $algorithm, $audience) = @_;
        require Crypt::JWT;
        my @algorithm = $algorithm ? (accepted_alg => $algorithm) : ();
        my @audience = $audience ? (verify_aud => $audience) : ();
        return Crypt::JWT::decode_jwt(token => $token, key => $key, @algorithm, @audience);
    },
    json_webtoken => sub {
        my ($token, $key, $algorithm) = @_;
        require JSON::WebToken;
        return JSON::WebToken->decode($token, $key, 1, $algorithm ? [$algorithm] : ());
    },
    mojo_jwt => sub {
        my ($token, $key) = @_;
        require Mojo::JWT;
        return Mojo::JWT->new(secret => $key)->decode($token);
    },
);

my $json = JSON::PP->new->canonical->ascii;
while (<STDIN>) {
    my ($token, $key, $algorithm, $audience) = map { $_ eq '-' ? undef : $_ } split;
    my $claims = eval { $readers{$ARGV[0]}->($token, pack('H*', $key), $algorithm, $audience) };
    print $claims ? 'claims ' . $json->encode($claims) : 'refused ' . ($@ =~ s/ at .*//sr), "\n";
}
