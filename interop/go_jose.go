// go-jose from Debian: go run go_jose.go < cases
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v3/jwt"
)

func read(token string, key []byte, audience string) (map[string]any, error) {
	parsed, err := jwt.ParseSigned(token)
	if err != nil {
		return nil, err
	}
	var times jwt.Claims
	var all map[string]any
	if err := parsed.Claims(key, &times, &all); err != nil {
		return nil, err
	}
	all["sub"] = times.Subject
	expected := jwt.Expected{Time: time.Now()}
	if audience != "-" {
		expected.Audience = jwt.Audience{audience}
	}
	return all, times.Validate(expected)
}

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		words := strings.Fields(lines.Text())
		key, _ := hex.DecodeString(words[1])
		all, err := read(words[0], key, words[3])
		if err != nil {
			fmt.Println("refused", err)
			continue
		}
		claims, _ := json.Marshal(all)
		fmt.Println("claims", string(claims))
	}
}
