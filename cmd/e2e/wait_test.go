package e2e

import "modelbeam/cmd/e2e/await"

// patience is how long a test waits for something that should happen soon, where it waits for more
// than a condition.
const patience = await.Limit
