// golang-jwt from Debian: go run golang_jwt.go [struct] < cases
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

// What most programs read claims into.
type ownClaims struct {
	jwt.RegisteredClaims
	Note     string  `json:"note,omitempty"`
	Large    int64   `json:"large,omitempty"`
	Small    int64   `json:"small,omitempty"`
	Fraction float64 `json:"fraction,omitempty"`
	Tiny     float64 `json:"tiny,omitempty"`
}

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
		var read jwt.Claims = jwt.MapClaims{}
		if len(os.Args) > 1 {
			read = &ownClaims{}
		}
		token, err := jwt.ParseWithClaims(words[0], read, func(*jwt.Token) (any, error) { return key, nil }, options...)
		if err != nil {
			fmt.Println("refused", err)
			continue
		}
		claims, _ := json.Marshal(token.Claims)
		fmt.Println("claims", string(claims))
	}
}
