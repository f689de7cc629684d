package main

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/diskfs/go-diskfs/backend/file"
	"github.com/diskfs/go-diskfs/filesystem/squashfs"
)

const (
	// programs is where those are in the image.
	programs = "usr/bin"
	// sums is the list of all other files in the image, as sha256sum writes it.
	sums = "SHA256SUMS"
)

// image is an AppImage: a program with a file system behind it.
type image struct {
	f      *os.File
	offset int64 // of the file system in the file
	files  fs.FS
}

// open opens the AppImage at path, which may be a running one.
func open(path string) (*image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read this AppImage: %w", err)
	}
	i := &image{f: f}
	if err := i.find(); err != nil {
		_ = f.Close()
		return nil, err
	}
	return i, nil
}

func (i *image) Close() error { return i.f.Close() }

// find looks for the end of the program, where the file system begins: its table of sections is the
// last thing in it, by which all that reads AppImages finds the place.
func (i *image) find() error {
	var header elf.Header64
	if err := binary.Read(io.NewSectionReader(i.f, 0, 64), binary.LittleEndian, &header); err != nil {
		return fmt.Errorf("read this AppImage's header: %w", err)
	}
	i.offset = int64(header.Shoff) + int64(header.Shentsize)*int64(header.Shnum)
	info, err := i.f.Stat()
	if err != nil {
		return fmt.Errorf("read this AppImage: %w", err)
	}
	if i.offset >= info.Size() {
		return errors.New("this AppImage is not whole; download it again")
	}
	i.files, err = squashfs.Read(file.New(i.f, true), info.Size()-i.offset, i.offset, 0)
	if err != nil {
		return fmt.Errorf("this AppImage is damaged; download it again: %w", err)
	}
	return nil
}

// digests returns the SHA-256 of each file, by its path, from the text of a list, which must be the
// one that this program was built with.
func digests(list []byte) (map[string]string, error) {
	if sum := sha256.Sum256(list); hex.EncodeToString(sum[:]) != build {
		return nil, errors.New("the list of files is another one")
	}
	found := make(map[string]string)
	for line := range strings.Lines(string(list)) {
		digest, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok || !fs.ValidPath(path) {
			return nil, errors.New("the list of files cannot be read")
		}
		found[path] = digest
	}
	return found, nil
}

// digest is the SHA-256, in hex, of what r has.
func digest(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
