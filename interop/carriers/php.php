<?php // Carriers for PHP, from Debian: php.php NAME, in the folder of a secret.
ini_set('display_errors', 'stderr');
echo match ($argv[1]) {
    'phpdotenv' => (function () {
        require 'Dotenv/autoload.php';
        return Dotenv\Dotenv::parse(file_get_contents('.env'))['SECRET'];
    })(),
    'symfony' => (function () {
        require 'Symfony/Component/Dotenv/autoload.php';
        return (new Symfony\Component\Dotenv\Dotenv())->parse(file_get_contents('.env'))['SECRET'];
    })(),
    'ini' => parse_ini_file('app.ini')['secret'],
    'twig' => (function () {
        require 'Twig/autoload.php';
        $twig = new Twig\Environment(new Twig\Loader\ArrayLoader(['page' => '{{ secret }}']));
        return $twig->render('page', ['secret' => file_get_contents('secret')]);
    })(),
};
