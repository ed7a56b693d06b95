# What is said of files.
file-kind-unknown = Send a PDF, a picture (PNG, JPEG, TIFF), a Word, Excel or PowerPoint file of today’s form, or plain text. It is told by its content, not by its name.
file-gone = The file is not where it was put. Tell whoever runs this installation.
error-full-heading = There is no room left
error-full-body = There is no room left on the disk. What was kept before is safe, and nothing is half-written. Make room and do it again.
import-no-column-known = None of the file’s columns is given to one of ours. It was read with these headers: { $headers }. Check the delimiter, the encoding, and whether it is the right kind.
import-header-unknown = “{ $header }” heads no column of the file.
import-header-doubled = “{ $header }” heads several columns of the file. Give every column of the file, in the file’s order.
import-header-given-twice = “{ $header }” is given twice.
