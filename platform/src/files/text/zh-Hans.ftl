# 有关文件的说明。
file-kind-unknown = 请上传 PDF、图片（PNG、JPEG、TIFF）、新格式的 Word、Excel 或 PowerPoint 文件，或纯文本。系统按内容而不是按文件名识别。
file-gone = 文件不在原来存放的位置，请告知系统管理人员。
error-full-heading = 存储空间已满
error-full-body = 磁盘没有剩余空间。之前已保存的数据完好，没有任何只写了一半的数据。请腾出空间后重试。
import-no-column-known = 文件没有任何一列对应系统的字段。读到的标题是：{ $headers }。请核对分隔符、编码及导入种类。
import-header-unknown = 文件没有以“{ $header }”为标题的列。
import-header-doubled = 文件有多列以“{ $header }”为标题；请按文件顺序列出每一列。
import-header-given-twice = “{ $header }”出现了两次。
