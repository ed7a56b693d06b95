looks-heading = 谁看过
looks-about = 打开、导出或打印受限记录，每人每小时记一次；打开材料的文件，每次都记录。
looks-none = 在留有记录的范围内，还没有人看过。
looks-at = 时间
looks-who = 人员
looks-way = 途径
looks-what = 内容
