package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"
)

// TestWhoComesAtOnce: a window asks over and over for the service that it has started, and is heard in whichever moment
// it finds the pipe. Under Wine that has an instance that nobody listens to.
func TestWhoComesAtOnce(t *testing.T) {
	for round := range 50 {
		dir := fmt.Sprintf(`C:\%s\%d`, t.Name(), round)
		heard := make(chan error, 1)
		go func() { heard <- hear(t.Context(), dir) }()
		l, err := Listen(dir)
		if err != nil {
			t.Fatal(err)
		}
		var accepting sync.WaitGroup
		accepting.Go(func() { greetAll(l) })
		if err := <-heard; err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		accepting.Wait()
	}
}

// hear asks for the service of dir until there is one, and waits for what it says.
func hear(ctx context.Context, dir string) error {
	for {
		conn, err := dial(ctx, dir)
		if err == nil {
			_ = conn.SetDeadline(time.Now().Add(helloWithin))
			_, err = conn.Read(make([]byte, 8))
			err = whileEnding(errors.Join(err, conn.SetDeadline(time.Time{}), conn.Close()))
		}
		if !errors.Is(err, ErrNotRunning) {
			return err
		}
	}
}

// greetAll greets whoever comes until l is closed.
func greetAll(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Write([]byte("hello"))
		defer conn.Close()
	}
}
