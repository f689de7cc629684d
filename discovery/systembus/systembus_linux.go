package systembus

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// Bus is a connection of our own to the system's bus.
type Bus struct{ conn *dbus.Conn }

// Open connects. The connection ends with ctx, and whatever waits for an answer then returns: a bus that hangs hears of
// no context, and neither does the greeting. Close it all the same.
func Open(ctx context.Context) (*Bus, error) {
	conn, err := dbus.SystemBusPrivate(dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("find the system's bus: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	if err := greet(conn); err != nil {
		stop()
		_ = conn.Close()
		return nil, fmt.Errorf("greet the system's bus: %w", err)
	}
	return &Bus{conn}, nil
}

func greet(conn *dbus.Conn) error {
	if err := conn.Auth(nil); err != nil {
		return err
	}
	return conn.Hello()
}

// Close ends the connection.
func (b *Bus) Close() error { return b.conn.Close() }

// Name is what the bus calls us.
func (b *Bus) Name() string { return b.conn.Names()[0] }

// Call calls a method of a service that runs, and starts none. It never lets the service ask the person for a
// password, as far as that heeds it. The answer's values are put into results.
func (b *Bus) Call(ctx context.Context, service, path, method string, args, results []any) error {
	call := b.conn.Object(service, dbus.ObjectPath(path)).CallWithContext(ctx, method, dbus.FlagNoAutoStart, args...)
	if err := call.Store(results...); err != nil {
		return fmt.Errorf("call %s: %w", method, err)
	}
	return nil
}

// Property reads a property, by the name of its interface and its own.
func (b *Bus) Property(ctx context.Context, service, path, of, name string, value any) error {
	var v dbus.Variant
	err := b.Call(ctx, service, path, "org.freedesktop.DBus.Properties.Get", []any{of, name}, []any{&v})
	if err != nil {
		return err
	}
	if err := v.Store(value); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}
