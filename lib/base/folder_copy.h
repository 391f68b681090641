// A folder copied so that programs which know its files by their times believe the copy.
#pragma once

#include <cstdint>
#include <string>

namespace gf {

/// Makes `to`, which is not there, a copy of the folder `from`: files and folders with their rights
/// and times of change, links as links, which nobody follows. A later write to either is not seen
/// in the other; blocks are shared where the file system can. Files with two names in `from` have
/// two in the copy. What is neither is left out, as a socket. False: not all could be copied, and
/// `to` holds a part.
bool copy_folder(const std::string& from, const std::string& to);

/// Bytes of the files below `folder`, or what was counted when they were found to be more than
/// `most`.
uint64_t size_of_folder(const std::string& folder, uint64_t most);

}  // namespace gf
