// godotenv from Debian, in the folder of a secret.
package main

import (
	"fmt"
	"os"

	"github.com/joho/godotenv"
)

func main() {
	read, err := godotenv.Read(".env")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print(read["SECRET"])
}
