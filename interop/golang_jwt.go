// golang-jwt from Debian: go run golang_jwt.go < cases
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		words := strings.Fields(lines.Text())
		key, _ := hex.DecodeString(words[1])
		var options []jwt.ParserOption
		if words[2] != "-" {
			options = append(options, jwt.WithValidMethods(words[2:3]))
		}
		if words[3] != "-" {
			options = append(options, jwt.WithAudience(words[3]))
		}
		token, err := jwt.Parse(words[0], func(*jwt.Token) (any, error) { return key, nil }, options...)
		if err != nil {
			fmt.Println("refused", err)
			continue
		}
		claims, _ := json.Marshal(token.Claims)
		fmt.Println("claims", string(claims))
	}
}
