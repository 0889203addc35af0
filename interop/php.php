<?php // lcobucci/jwt from Debian: php.php < cases
require 'Lcobucci/JWT/autoload.php';

use Lcobucci\JWT\{JwtFacade, Signer, Validation};

$clock = new class implements Psr\Clock\ClockInterface {
    public function now(): DateTimeImmutable
    {
        return new DateTimeImmutable();
    }
};

while ($line = fgets(STDIN)) {
    [$token, $key, , $audience] = explode(' ', trim($line));
    $wanted = [
        new Validation\Constraint\SignedWith(new Signer\Hmac\Sha512(), Signer\Key\InMemory::plainText(hex2bin($key))),
        new Validation\Constraint\StrictValidAt($clock),
    ];
    $audience === '-' ?: $wanted[] = new Validation\Constraint\PermittedFor($audience);
    try {
        $claims = (new JwtFacade())->parse($token, ...$wanted)->claims()->all();
        foreach (['iat', 'nbf', 'exp'] as $time) {
            $claims[$time] = $claims[$time]->getTimestamp(); // a DateTimeImmutable
        }
        [$claims['aud']] = $claims['aud']; // always an array
        echo 'claims ', json_encode($claims), "\n";
    } catch (Throwable $error) {
        echo 'refused ', (new ReflectionClass($error))->getShortName(), "\n";
    }
}
