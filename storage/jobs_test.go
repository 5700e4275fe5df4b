package storage_test

func helpChange([]string) error     { return nil }
func helpCreate([]string) error     { return nil }
func helpRegenerate([]string) error { return nil }
func helpFull([]string) error       { return nil }
func helpUsage([]string) error      { return nil }
