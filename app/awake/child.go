package awake

import "os/exec"

// holdBy is a lock that lasts as long as a program runs.
func holdBy(program string, args ...string) (*lock, error) {
	cmd := exec.Command(program, args...)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lost := make(chan struct{})
	go func() {
		defer close(lost)
		_ = cmd.Wait() // however it ended, it is gone
	}()
	return &lock{lost, func() {
		_ = cmd.Process.Kill() // or it has ended already
		<-lost
	}}, nil
}
