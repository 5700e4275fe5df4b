package storage

import (
	"encoding/binary"
	"os"

	"golang.org/x/sys/unix"
)

// The tags of an entry of an access list (acl(5)) that matter: a user and a group
// by their numbers, and the group of the file. The list is an extended attribute:
// four bytes of version, then for each entry two of tag, two of permissions and
// four of a number, the lowest first.
const (
	aclUser       = 0x02
	aclGroupOwner = 0x04
	aclGroup      = 0x08
	aclVersion    = 2
	aclHeader     = 4
	aclEntry      = 8
)

// listedAlone reports whether the group's permissions of a file are no group's:
// where the file has an access list, they are the most that anybody who is listed
// has. So systemd hands a credential to the user of a service, who alone is listed.
func listedAlone(f *os.File) bool {
	list := make([]byte, maxKeyFile)
	n, err := unix.Fgetxattr(int(f.Fd()), "system.posix_acl_access", list)
	if err != nil || n < aclHeader || binary.LittleEndian.Uint32(list) != aclVersion {
		return false
	}
	for entry := list[aclHeader:n]; len(entry) >= aclEntry; entry = entry[aclEntry:] {
		permissions, id := binary.LittleEndian.Uint16(entry[2:]), int(binary.LittleEndian.Uint32(entry[4:]))
		switch binary.LittleEndian.Uint16(entry) {
		case aclUser:
			if id != os.Geteuid() {
				return false
			}
		case aclGroupOwner, aclGroup:
			if permissions != 0 {
				return false
			}
		}
	}
	return true
}
