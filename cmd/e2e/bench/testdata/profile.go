package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
)

// init makes a beam that is measured write profiles: a line on its standard input begins one of the CPU,
// and the next ends it and writes that of the heap beside it. It is built into no beam that people get.
func init() {
	dir := os.Getenv("MODELBEAM_BENCH_PROFILES")
	if dir == "" {
		return
	}
	go func() {
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			if err := profile(dir, lines); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	}()
}

func profile(dir string, end *bufio.Scanner) error {
	cpu, err := os.Create(filepath.Join(dir, "beam.cpu"))
	if err != nil {
		return err
	}
	defer cpu.Close()
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	end.Scan()
	pprof.StopCPUProfile()
	heap, err := os.Create(filepath.Join(dir, "beam.heap.part"))
	if err != nil {
		return err
	}
	defer heap.Close()
	runtime.GC()
	if err := pprof.Lookup("allocs").WriteTo(heap, 0); err != nil {
		return err
	}
	return os.Rename(heap.Name(), filepath.Join(dir, "beam.heap"))
}
