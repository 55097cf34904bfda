// A guest that does what programs do with files, and prints what it sees.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

func main() {
	fmt.Println("args", os.Args[1:], "env", os.Getenv("NAME"))
	check(os.MkdirAll("/shelf/one/two", 0o777))
	check(os.WriteFile("/shelf/one/hello.txt", []byte("hello\n"), 0o666))
	check(appendTo("/shelf/one/hello.txt", "world\n"))
	check(os.Rename("/shelf/one/hello.txt", "/shelf/one/two/moved.txt"))
	check(os.Symlink("two/moved.txt", "/shelf/one/link"))
	content, err := os.ReadFile("/shelf/one/link")
	check(err)
	fmt.Printf("%q\n", content)
	check(filepath.WalkDir("/shelf", func(path string, entry fs.DirEntry, err error) error {
		fmt.Println(path, entry.IsDir(), entry.Type()&fs.ModeSymlink != 0)
		return err
	}))
	_, err = os.ReadFile("/shelf/../etc/passwd")
	fmt.Println("outside", err)
	_, err = os.Stat("/shelf/none")
	fmt.Println("none", errors.Is(err, fs.ErrNotExist))
	fmt.Println("read-only", os.WriteFile("/fixed/new", nil, 0o666))
	check(os.RemoveAll("/shelf/one"))
	left, err := os.ReadDir("/shelf")
	check(err)
	fmt.Println("left", len(left))
	start := time.Now()
	time.Sleep(5 * time.Millisecond)
	fmt.Println("slept", time.Since(start) >= 5*time.Millisecond)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println("line", lines.Text())
	}
	fmt.Fprintln(os.Stderr, "bye")
	os.Exit(7)
}

func appendTo(path, text string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(text)
	return err
}

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}
