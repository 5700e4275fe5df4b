package storage_test

import (
	"encoding/binary"
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"empress/model"
	"empress/storage"
)

// A service is handed its key by systemd as a file of mode 0400 with an access
// list in which its user is named. What lets anybody else in is refused.
func TestKeyFileWithAccessList(t *testing.T) {
	const nobody = 65534
	me, none := uint32(os.Geteuid()), uint32(0xffffffff) // no number belongs to the entry
	owner, others, mask := entry{0x01, 4, none}, entry{0x20, 0, none}, entry{0x10, 4, none}
	may, mayNot := entry{0x04, 4, none}, entry{0x04, 0, none} // the file's group
	for _, c := range []struct {
		what string
		list []entry
		good bool
	}{
		{"this user", []entry{owner, {0x02, 4, me}, mayNot, mask, others}, true},
		{"somebody else", []entry{owner, {0x02, 4, nobody}, mayNot, mask, others}, false},
		{"this user and somebody else", []entry{owner, {0x02, 4, me}, {0x02, 4, nobody}, mayNot, mask, others}, false},
		{"a group", []entry{owner, mayNot, {0x08, 4, nobody}, mask, others}, false},
		{"this user and the file's group", []entry{owner, {0x02, 4, me}, may, mask, others}, false},
		{"the file's group, without a list", []entry{owner, may, others}, false},
	} {
		path := t.TempDir() + "/sealing-key"
		if _, err := storage.CreateKeyFile(path); err != nil {
			t.Fatal(err)
		}
		list := binary.LittleEndian.AppendUint32(nil, 2)
		for _, e := range c.list {
			list = binary.LittleEndian.AppendUint16(list, e.tag)
			list = binary.LittleEndian.AppendUint16(list, e.permissions)
			list = binary.LittleEndian.AppendUint32(list, e.id)
		}
		if err := unix.Setxattr(path, "system.posix_acl_access", list, 0); errors.Is(err, unix.EOPNOTSUPP) {
			t.Skip("the file system of temporary files has no access lists")
		} else if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o440 {
			t.Fatalf("the mode is %v, %v", info.Mode(), err)
		}
		if _, err := storage.ReadKeyFile(path); (err == nil) != c.good || err != nil && model.CodeOf(err) != model.CodeFailed {
			t.Errorf("%s: %v", c.what, err)
		}
		if found := storage.LoosePermissions("", path); (len(found) == 0) != c.good {
			t.Errorf("%s: doctor says %q", c.what, found)
		}
	}
}

// entry is one of an access list.
type entry struct {
	tag, permissions uint16
	id               uint32
}
