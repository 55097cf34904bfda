// A command that does what its first argument says.
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

func main() {
	switch task, rest := os.Args[1], os.Args[2:]; task {
	case "args":
		fmt.Printf("%q\n", os.Args)
	case "env":
		fmt.Printf("%q\n", os.Environ())
	case "copy":
		_, err := io.Copy(os.Stdout, os.Stdin)
		check(err)
	case "say":
		fmt.Println(rest[0])
		fmt.Fprintln(os.Stderr, rest[1])
	case "read":
		content, err := os.ReadFile(rest[0])
		check(err)
		os.Stdout.Write(content)
	case "write":
		check(os.WriteFile(rest[0], []byte(rest[1]), 0o666))
	case "exit":
		code, err := strconv.Atoi(rest[0])
		check(err)
		os.Exit(code)
	case "compute":
		fmt.Println("ready")
		for n := 0; ; n++ {
		}
	case "sleep":
		fmt.Println("ready")
		time.Sleep(time.Hour)
	}
}

func check(err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
