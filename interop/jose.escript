%% erlang-jose from Debian: escript jose.escript < cases
main(_) ->
    {ok, _} = application:ensure_all_started(jose),
    io:setopts([binary]),
    loop(io:get_line("")).

loop(eof) -> ok;
loop(Line) ->
    [Token, Hex, Algorithm, _Audience] = binary:split(string:trim(Line), <<" ">>, [global]),
    Key = jose_jwk:from_oct(binary:decode_hex(Hex)),
    Verified = case Algorithm of
        <<"-">> -> jose_jwt:verify(Key, Token);
        _ -> jose_jwt:verify_strict(Key, [Algorithm], Token)
    end,
    case Verified of
        {true, Claims, _} -> {_, Json} = jose_jwt:to_binary(Claims), io:put_chars(["claims ", Json, "\n"]);
        _ -> io:put_chars("refused\n")
    end,
    loop(io:get_line("")).
