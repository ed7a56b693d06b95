import-list-q = 文件名开头
import-list-kind = 内容类别
import-list-state = 状态
import-list-by = 导入人
import-list-none = 没有符合筛选条件的导入。
