package fault

import (
	"context"
	"errors"
	"os"

	"modelbeam/tunnel/body"
)

// StatusClientGone stands in records for a client that went away before the end. It is nginx's number;
// no client ever sees it.
const StatusClientGone = 499

// Refusal says why a request cannot be forwarded, from the error that reading or keeping it ended with.
// A reason for which ctx was ended from outside comes first. It returns nil when the client went away.
func (l Laptop) Refusal(ctx context.Context, err error) *Failure {
	var f *Failure
	var large *body.TooLargeError
	var disk *body.DiskError
	wrong := OfBody(err)
	switch {
	case errors.As(context.Cause(ctx), &f):
		return f
	case errors.As(err, &f):
		return f
	case wrong != nil:
		return wrong
	case errors.Is(err, body.ErrNoRoom):
		return NoRoom
	case errors.As(err, &large):
		return TooLarge(large.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded): // which ends ctx too
		return Incomplete
	case ctx.Err() != nil:
		return nil
	case errors.As(err, &disk):
		return l.NoSpace()
	}
	return Incomplete
}
